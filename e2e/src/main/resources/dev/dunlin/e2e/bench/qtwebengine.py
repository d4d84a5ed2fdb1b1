"""The same small page in QtWebEngine: says when its first call was answered, then the trips and the rate of calls."""
import json
import sys
import time

from PyQt6.QtCore import QObject, QUrl, pyqtSlot
from PyQt6.QtWebChannel import QWebChannel
from PyQt6.QtWebEngineWidgets import QWebEngineView
from PyQt6.QtWidgets import QApplication

PAGE = """<!doctype html><title>Bench</title><h1>Bench</h1>
<script src="qrc:///qtwebchannel/qwebchannel.js"></script>
<script>
new QWebChannel(qt.webChannelTransport, ({ objects: { host } }) => {
  const stamp = () => new Promise((resolve) => host.stamp(resolve))
  const run = async () => {
    await stamp()
    host.say(JSON.stringify({ first: performance.timeOrigin + performance.now() }))
    if (!%s) return
    const trips = []
    let before = BigInt(await stamp())
    for (let i = 0; i < 2000; i++) {
      const now = BigInt(await stamp())
      trips.push(Number(now - before) / 1e6)
      before = now
    }
    const rates = []
    for (let r = 0; r < 7; r++) {
      let left = 10000
      const start = performance.now()
      await Promise.all(Array.from({ length: 100 }, async () => { while (left-- > 0) await stamp() }))
      rates.push(10000 * 1000 / (performance.now() - start))
    }
    host.say(JSON.stringify({ trips, rates }))
  }
  run()
})
</script>"""


class Host(QObject):
    @pyqtSlot(result=str)
    def stamp(self):
        return str(time.monotonic_ns())

    @pyqtSlot(str)
    def say(self, text):
        print(text, flush=True)


application = QApplication(sys.argv[:1])
view = QWebEngineView()
channel = QWebChannel()
host = Host()
channel.registerObject("host", host)
view.page().setWebChannel(channel)
view.resize(1100, 760)
view.setHtml(PAGE % json.dumps("--calls" in sys.argv), QUrl("http://bench.localhost/"))
view.show()
sys.exit(application.exec())
