"""An input method on a private bus, as IBus' portal is, and another program.

Argument: the bus' address. It commits A for the key a, before it answers. Commands come on standard input, one a line.
"""

import sys

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = 'org.freedesktop.portal.IBus'
CONTEXT = 'org.freedesktop.IBus.InputContext'


class State:
    context = None
    made = 0
    client = ''
    slow = False
    late = []


def commit(connection, path, interface, text):
    signal = dbus.lowlevel.SignalMessage(path, interface, 'CommitText')
    signal.set_destination(State.client)
    value = dbus.Struct(['IBusText', dbus.Dictionary({}, signature='sv'), text, dbus.UInt32(0)], signature='sa{sv}su', variant_level=1)
    signal.append(value, signature='v')
    connection.send_message(signal)
    connection.flush()


class Context(dbus.service.Object):
    def __init__(self, path):
        super().__init__(bus, path)
        self.path = path

    def say(self, text):
        commit(bus, self.path, CONTEXT, text)

    @dbus.service.method(CONTEXT, in_signature='u')
    def SetCapabilities(self, wanted):
        pass

    @dbus.service.method(CONTEXT)
    def FocusIn(self):
        pass

    @dbus.service.method(CONTEXT)
    def Reset(self):
        pass

    @dbus.service.method(CONTEXT, in_signature='uuu', out_signature='b', async_callbacks=('done', 'failed'))
    def ProcessKeyEvent(self, keysym, code, state, done, failed):
        def answer():
            taken = keysym == ord('a')
            if taken:
                self.say('A')
            done(taken)
        if State.slow:
            State.late.append(answer)
        else:
            answer()


class Portal(dbus.service.Object):
    @dbus.service.method('org.freedesktop.IBus.Portal', in_signature='s', out_signature='o', sender_keyword='sender')
    def CreateInputContext(self, program, sender):
        State.client = sender
        State.made += 1
        State.context = Context('/context/%d' % State.made)
        return dbus.ObjectPath(State.context.path)


def command(word):
    path = State.context.path
    if word == 'forge':
        commit(other, path, CONTEXT, 'forged')
    elif word == 'elsewhere':
        commit(bus, '/context/0', CONTEXT, 'elsewhere')
        commit(bus, path, 'a.b', 'elsewhere')
    elif word == 'say':
        State.context.say('said')
    elif word == 'slow':
        State.slow = True
    elif word == 'go':
        State.slow = False
        while State.late:
            State.late.pop(0)()
    elif word == 'restart':
        State.context.remove_from_connection()
    else:
        raise RuntimeError(word)


def on_line(channel, condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        command(line.strip())
        print('ok', flush=True)
    except Exception as e:  # whatever it is, the test shows it
        print('no %s' % e, flush=True)
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
other = dbus.bus.BusConnection(sys.argv[1])
owned = dbus.service.BusName(NAME, bus)
portal = Portal(bus, '/org/freedesktop/IBus')
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line)
print('ready', flush=True)
loop = GLib.MainLoop()
loop.run()
