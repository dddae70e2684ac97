# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM python:3.11-slim

RUN useradd --create-home portal && mkdir -p /home/portal/guanxiao /var/lib/guanxiao && chown portal /home/portal/guanxiao /var/lib/guanxiao
USER portal
WORKDIR /home/portal/guanxiao

# the locks first: a change of code keeps the layer of packages
COPY --chown=portal requirements requirements
COPY --chown=portal house/__init__.py house/install.py house/
RUN python -m house.install main

COPY --chown=portal . .
ENV PATH=/home/portal/guanxiao/.venv/bin:$PATH PYTHONUNBUFFERED=1 BEAT_FILE=/var/lib/guanxiao/beat
RUN python -m house.translations && SECRET_KEY=build python manage.py collectstatic --noinput --verbosity 0
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--log-level", "warning", "portal.wsgi:application"]
