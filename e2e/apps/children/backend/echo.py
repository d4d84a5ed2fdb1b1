# A back end in Python: says what it hears in capital letters.
import json, sys
from urllib.parse import quote, urlsplit, parse_qs

def send(event, value):
    print(f"ipc://send?event={quote(event)}&value={quote(json.dumps(value))}", flush=True)

print("a plain line of the back end", flush=True)
print("ipc://heartbeat?seq=7", flush=True)
for line in sys.stdin:
    url = urlsplit(line.strip())
    params = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
    if url.netloc == "resolve":
        send("alive", {"seq": params["seq"], "state": params["state"]})
    elif params["event"] == "flood":
        for number in range(int(params["value"])):
            send("flood", {"number": number, "text": "x" * 10000})
    elif params["event"] == "crash":
        print("on purpose", file=sys.stderr, flush=True)
        sys.exit(5)
    else:
        send("echo", json.loads(params["value"])["text"].upper())
