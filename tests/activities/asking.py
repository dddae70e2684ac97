"""Opening a page of activities and sending it a form."""

from django.urls import reverse


def page(client, name, *args, **query):
    return client.get(reverse(f"activities:{name}", args=args), query)


def post(client, name, *args, **data):
    return client.post(reverse(f"activities:{name}", args=args), data)
