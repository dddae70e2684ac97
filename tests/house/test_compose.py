"""Dockerfile and docker-compose.yml parse, and name the commands that `make run` starts."""

import json
import re

import pytest
import yaml

from house import commands
from house.install import CHECKOUT

COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of each instruction of the Dockerfile."""
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


@pytest.mark.parametrize("name", sorted(commands.PROCESSES))
def test_compose_names_the_same_command(name):
    assert COMPOSE["services"][name]["command"] == commands.PROCESSES[name]


def test_compose_prepares_as_the_supervisor_does():
    assert COMPOSE["services"]["prepare"]["command"] == commands.PREPARE


def test_compose_has_the_five_services_and_their_volumes():
    assert {"web", "worker", "beat", "postgres", "valkey"} <= COMPOSE["services"].keys()
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    assert used == COMPOSE["volumes"].keys()


def test_dockerfile_parses_and_serves_the_web_command():
    words = instructions()
    assert words[0][0] == "FROM"
    assert {word for word, _rest in words} <= {"FROM", "RUN", "USER", "WORKDIR", "COPY", "ENV", "EXPOSE", "CMD"}
    assert json.loads(words[-1][1]) == commands.WEB.split()
    assert [rest for word, rest in words if word == "USER"] == ["portal"]


def test_example_of_env_names_every_secret_that_compose_asks_for():
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    asked = set(re.findall(r"\$\{([A-Z_]+)", (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert asked - named == set()
    assert {"SECRET_KEY", "IDENTITY_KEYS", "IDENTITY_MAC_KEY"} <= named
