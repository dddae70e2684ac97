# Takes the fingerprint of an agreement again: `python fingerprint.py content.json [annex.pdf …]`. Knows nothing of us.
import json
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path


def plain(text):
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


content = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
content |= {key: plain(content[key]) for key in ("title", "witness", "text")}
bound = {content["scan_sha256"], *(digest for _title, digest in content.get("annexes", []))}
if not {sha256(Path(name).read_bytes()).hexdigest() for name in sys.argv[2:]} <= bound:
    sys.exit("a file does not belong to this text")
told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
sys.stdout.write(sha256(told).hexdigest())
