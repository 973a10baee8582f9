"""Diadoc: client.py what we ask · http.py how we ask · wire.py their shapes · titles/ what goes into the documents."""
