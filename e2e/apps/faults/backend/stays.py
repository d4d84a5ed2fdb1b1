# A back end that answers, and takes a moment to close.
import sys, time
from urllib.parse import quote, urlsplit, parse_qs

for line in sys.stdin:
    url = urlsplit(line.strip())
    if url.netloc != "resolve":
        value = parse_qs(url.query).get("value", [""])[0]
        print(f"ipc://send?event=echo&value={quote(value)}", flush=True)
print("the back end closes", flush=True)
time.sleep(0.3)
