"""The three processes of the portal. docker-compose.yml names the same words (a test compares them)."""

WEB = "granian --interface wsgi --workers 2 --blocking-threads 4 --log-level warning portal.wsgi:application"
WORKER = "celery --quiet --app portal worker --concurrency 2 --loglevel WARNING"
BEAT = "celery --quiet --app portal beat --loglevel WARNING"
PREPARE = "python -m house.prepare"

PROCESSES = {"web": WEB, "worker": WORKER, "beat": BEAT}
