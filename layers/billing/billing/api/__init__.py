"""The routes of `documents_api`, each behind its guard."""
