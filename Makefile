lock:            ## lock the packages anew, with hashes and without addresses
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -c requirements-dev.txt -o layers/billing/requirements.txt
