"""An assistive technology, by at-spi2-core's own library. It does what each line says and answers with a line.

Words: none. Its environment names the bus of the session and the display.
"""
import json
import sys

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib  # noqa: E402

STATUS = 'org.a11y.Status'
LAUNCHER = ('org.a11y.Bus', '/org/a11y/bus')
# Of a page of the suite; deeper would be a loop.
DEEPEST = 30
heard = []


def call(name, path, interface, method, arguments=None, bus=None):
    bus = bus or Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 5000).unpack()


def switch(on):
    """As a screen reader says that it is there."""
    for name in ('IsEnabled', 'ScreenReaderEnabled'):
        call(*LAUNCHER, 'org.freedesktop.DBus.Properties', 'Set', GLib.Variant('(ssv)', (STATUS, name, GLib.Variant('b', on))))


def connected(pid):
    """Whether this process has a connection to the bus of assistive technologies."""
    address = call(*LAUNCHER, 'org.a11y.Bus', 'GetAddress')[0]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, flags)
    daemon = ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus')
    names = [name for name in call(*daemon, 'ListNames', bus=bus)[0] if name.startswith(':')]
    pids = [call(*daemon, 'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), bus=bus)[0] for name in names]
    bus.close_sync()
    return pid in pids


def daemon():
    """The process of the bus of assistive technologies."""
    address = call(*LAUNCHER, 'org.a11y.Bus', 'GetAddress')[0]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, flags)
    name = 'org.freedesktop.DBus'
    pid = call(name, '/org/freedesktop/DBus', name, 'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), bus=bus)[0]
    bus.close_sync()
    return pid


def children(one):
    return [child for child in (one.get_child_at_index(i) for i in range(one.get_child_count())) if child]


def applications():
    return {one.get_name(): one for one in children(Atspi.get_desktop(0))}


def role(one):
    return Atspi.role_get_name(one.get_role())


def all_below(one, depth=0):
    # Chromium makes trees of pages for who asks for attributes, as screen readers do.
    one.get_attributes()
    yield one
    if depth < DEEPEST:
        for child in children(one):
            yield from all_below(child, depth + 1)


def find(app, wanted, name):
    return next((one for one in all_below(applications()[app]) if role(one) == wanted and one.get_name() == name), None)


def told(one):
    if one is None:
        return None
    box = one.get_extents(Atspi.CoordType.SCREEN)
    interfaces = one.get_interfaces()
    answer = {
        'role': role(one),
        'name': one.get_name(),
        'attributes': one.get_attributes(),
        'states': sorted(state.value_nick for state in one.get_state_set().get_states()),
        'interfaces': interfaces,
        'box': [box.x, box.y, box.width, box.height],
        'parent': role(one.get_parent()),
    }
    if 'Text' in interfaces:
        answer['text'] = Atspi.Text.get_text(one, 0, Atspi.Text.get_character_count(one))
    if 'Action' in interfaces:
        answer['actions'] = [Atspi.Action.get_action_name(one, i) for i in range(Atspi.Action.get_n_actions(one))]
    if 'Value' in interfaces:
        answer['value'] = Atspi.Value.get_current_value(one)
    return answer


def event(one):
    try:
        heard.append([one.type, one.detail1, role(one.source), one.source.get_name(), str(one.any_data)])
    except GLib.Error:
        # What it was about has gone meanwhile.
        heard.append([one.type, one.detail1, '', '', ''])


def command(words):
    word, rest = words[0], words[1:]
    if word == 'switch':
        return switch(rest[0])
    if word == 'connected':
        return connected(rest[0])
    if word == 'daemon':
        return daemon()
    if word == 'applications':
        return sorted(applications())
    if word == 'windows':
        return [[role(one), one.get_name()] for one in children(applications()[rest[0]])]
    if word == 'find':
        return told(find(*rest))
    if word == 'do':
        return Atspi.Action.do_action(find(*rest[:3]), rest[3])
    if word == 'focus':
        return Atspi.Component.grab_focus(find(*rest))
    if word == 'set':
        return Atspi.Value.set_current_value(find(*rest[:3]), rest[3])
    if word == 'heard':
        return heard
    raise RuntimeError('unknown command: %s' % word)


def on_line(channel, condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        print(json.dumps({'said': command(json.loads(line))}), flush=True)
    except Exception as fault:  # whatever it is, the test shows it
        print(json.dumps({'fault': '%s: %s' % (type(fault).__name__, fault)}), flush=True)
    return True


Atspi.init()
listener = Atspi.EventListener.new(event)
for kind in ('object:state-changed:focused', 'object:state-changed:checked', 'object:text-changed', 'object:children-changed', 'window'):
    listener.register(kind)
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line)
print('ready', flush=True)
loop = GLib.MainLoop()
loop.run()
