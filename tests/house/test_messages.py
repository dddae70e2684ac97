"""The catalogue's watchman sees each kind of flaw."""

import polib

from house import messages, translations


def catalogue(**entry) -> polib.POFile:
    made = polib.POFile()
    made.append(polib.POEntry(**entry))
    return made


def test_flaws_names_an_untranslated_sentence():
    assert messages.flaws(catalogue(msgid="Sign", msgstr=""), "x") == ["x: untranslated: 'Sign'"]


def test_flaws_names_a_guess():
    assert messages.flaws(catalogue(msgid="Sign", msgstr="签", flags=["fuzzy"]), "x") == ["x: fuzzy: 'Sign'"]


def test_flaws_names_a_lost_placeholder():
    found = messages.flaws(catalogue(msgid="%(n)s seats", msgstr="座位"), "x")
    assert found == ["x: placeholders differ: '%(n)s seats' and '座位'"]


def test_flaws_compares_a_plural_with_its_plural():
    entry = {"msgid": "One seat", "msgid_plural": "%(n)s seats", "msgstr_plural": {0: "%(n)s 个座位"}}
    assert messages.flaws(catalogue(**entry), "x") == []


def test_compile_all_writes_what_is_missing_and_nothing_twice(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(msgid="Sign", msgstr="签署").save(str(folder / "django.po"))
    assert translations.compile_all(tmp_path) == 1
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "签署"
    assert translations.compile_all(tmp_path) == 0
