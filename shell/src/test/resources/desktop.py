"""A desktop on a private bus: notifications as dbusmock has them, tray host, portals, logind, UPower.

Argument: the bus' address. Nothing is there at first. Commands come on standard input, one a line;
each is answered by a line "ok ..." (JSON where it says something) or "no ...".
"""

import json
import sys
import time

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
from dbusmock import mockobject
from gi.repository import GLib

NOTIFICATIONS = 'org.freedesktop.Notifications'
WATCHER = 'org.kde.StatusNotifierWatcher'


class State:
    notified = []
    hanging = False
    refusing = False
    early = None
    items = []
    signals = []
    inhibited = {}
    revealed = []
    scheme = 0
    allowing = True
    hesitating = False
    unanswered = []
    bound = {}
    dialogs = []
    picks = {}
    # The unique name of who has called last.
    client = ''


def plain(value):
    if isinstance(value, dbus.Boolean):
        return bool(value)
    if isinstance(value, (dbus.Array, list, tuple, dbus.Struct)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (dbus.Byte, int)):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)


def made(path, name=None, main='org.dunlin.Mock'):
    if path not in mockobject.objects:
        mockobject.objects[path] = mockobject.DBusMockObject(starting, path, main, {}, '/dev/null', False)
    if name:
        owned[name] = dbus.service.BusName(name, bus, do_not_queue=True)
    return mockobject.objects[path]


owned = {}


def gone(name):
    owned.pop(name, None)
    bus.release_name(name)


def notify(self, *args):
    if State.refusing:
        raise dbus.exceptions.DBusException('too many', name=NOTIFICATIONS + '.Error.ExcessNotificationGeneration')
    number = int(args[1]) or self.next_id
    if not args[1]:
        self.next_id += 1
    State.notified.append([number] + plain(args))
    if State.early:
        self.EmitSignal(NOTIFICATIONS, 'ActionInvoked', 'us', [dbus.UInt32(number), State.early])
    return dbus.UInt32(number)


def register_item(self, service):
    State.items.append(str(service))


def watcher():
    host = made('/StatusNotifierWatcher', main=WATCHER)
    if not hasattr(host, 'registers'):
        host.registers = True
        host.AddProperties(WATCHER, {'IsStatusNotifierHostRegistered': True, 'ProtocolVersion': dbus.Int32(0)})
        host.AddMethods(WATCHER, [('RegisterStatusNotifierItem', 's', '', register_item)])
    made('/StatusNotifierWatcher', WATCHER)


def call(service, path, interface, method, signature, *args):
    return bus.call_blocking(service, path, interface, method, signature, args)


def tray(member, signature, *args):
    return call(State.items[-1], '/MenuBar', 'com.canonical.dbusmenu', member, signature, *args)


def signalled(*args, member=None, interface=None):
    State.signals.append([str(interface), str(member)] + plain(args))


def inhibit(self, app, why):
    State.inhibited[str(7 + len(State.inhibited))] = [str(app), str(why)]
    return dbus.UInt32(6 + len(State.inhibited))


def uninhibit(self, cookie):
    del State.inhibited[str(int(cookie))]


def show_items(self, uris, startup):
    State.revealed.extend(plain(uris))


def power(rest):
    if rest[0] == 'start':
        made('/org/freedesktop/UPower', 'org.freedesktop.UPower', main='org.freedesktop.UPower').AddProperties(
            'org.freedesktop.UPower', {'OnBattery': False})
        made('/org/freedesktop/login1', 'org.freedesktop.login1')
    elif rest[0] == 'battery':
        mockobject.objects['/org/freedesktop/UPower'].UpdateProperties(
            'org.freedesktop.UPower', {'OnBattery': dbus.Boolean(rest[1] == 'yes')})
    else:
        mockobject.objects['/org/freedesktop/login1'].EmitSignal(
            'org.freedesktop.login1.Manager', 'PrepareForSleep', 'b', [rest[1] == 'yes'])


SETTINGS = 'org.freedesktop.portal.Settings'


def read_setting(self, namespace, key):
    # As the portal has it for Read: a variant in the variant.
    return dbus.UInt32(State.scheme, variant_level=2)


def theme(scheme):
    State.scheme = scheme
    portal = made('/org/freedesktop/portal/desktop')
    if 'org.freedesktop.portal.Desktop' not in owned:
        portal.AddMethods(SETTINGS, [('Read', 'ss', 'v', read_setting)])
        made('/org/freedesktop/portal/desktop', 'org.freedesktop.portal.Desktop')
    else:
        portal.EmitSignal(SETTINGS, 'SettingChanged', 'ssv', ['org.freedesktop.appearance', 'contrast', dbus.UInt32(1, variant_level=1)])
        portal.EmitSignal(SETTINGS, 'SettingChanged', 'ssv',
                          ['org.freedesktop.appearance', 'color-scheme', dbus.UInt32(scheme, variant_level=1)])


STATUS = 'org.a11y.Status'


def reading(who, address):
    launcher = made('/org/a11y/bus')
    values = {'IsEnabled': dbus.Boolean(who in ('yes', 'enabled')), 'ScreenReaderEnabled': dbus.Boolean(who in ('yes', 'reader'))}
    if 'org.a11y.Bus' not in owned:
        launcher.AddProperties(STATUS, values)
        launcher.AddMethod('org.a11y.Bus', 'GetAddress', '', 's', 'ret = %r' % address)
        made('/org/a11y/bus', 'org.a11y.Bus')
    else:
        launcher.UpdateProperties(STATUS, values)


SHORTCUTS = 'org.freedesktop.portal.GlobalShortcuts'
PORTAL = '/org/freedesktop/portal/desktop'


def escaped(name):
    return name[1:].replace('.', '_')


def calling(connection, message):
    if message.get_type() == 1:
        State.client = message.get_sender()
    return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED


def forge(*how):
    """Answers the last dialog that it was refused, in the name of the portal or of another program."""
    token = State.dialogs[-1][3]['handle_token']
    path = '%s/request/%s/%s' % (PORTAL, 'another' if 'path' in how else escaped(State.client), token)
    message = dbus.lowlevel.SignalMessage(path, 'org.freedesktop.portal.Request', 'Response')
    message.append(dbus.UInt32(1), dbus.Dictionary({}, signature='sv'), signature='ua{sv}')
    message.set_destination(State.client)
    by = bus if 'path' in how else dbus.bus.BusConnection(sys.argv[1])
    by.send_message(message)
    by.flush()


def responds(allowing, token, results):
    """A request, which the person answers right after it has come."""
    path = '%s/request/%s/%s' % (PORTAL, escaped(State.client), token)
    request = made(path)

    def answer():
        request.EmitSignal('org.freedesktop.portal.Request', 'Response', 'ua{sv}',
                           [dbus.UInt32(0 if allowing else 1), results if allowing else dbus.Dictionary({}, signature='sv')])
    if State.hesitating:
        State.unanswered.append(answer)
    else:
        GLib.idle_add(answer)
    return dbus.ObjectPath(path)


def create_session(self, options):
    path = '%s/session/mock/%s' % (PORTAL, options['session_handle_token'])
    session = made(path)
    session.AddMethods('org.freedesktop.portal.Session', [('Close', '', '', lambda it: State.bound.pop(path, None))])
    State.bound[path] = None
    return responds(True, str(options['handle_token']), dbus.Dictionary({'session_handle': path}, signature='sv'))


def bind_shortcuts(self, session, shortcuts, parent, options):
    for name, about in shortcuts:
        State.bound[str(session)] = [str(session), str(name), str(about['preferred_trigger']), str(about['description'])]
    return responds(State.allowing, str(options['handle_token']), dbus.Dictionary({'shortcuts': dbus.Array([], signature='(sa{sv})')}, signature='sv'))


def shortcuts(allowing):
    State.allowing = allowing
    State.hesitating = False
    portal = made(PORTAL)
    if not hasattr(portal, 'binds'):
        portal.binds = True
        portal.AddProperties(SHORTCUTS, {'version': dbus.UInt32(1)})
        portal.AddMethods(SHORTCUTS, [('CreateSession', 'a{sv}', 'o', create_session), ('BindShortcuts', 'oa(sa{sv})sa{sv}', 'o', bind_shortcuts)])
        made(PORTAL, 'org.freedesktop.portal.Desktop')


CHOOSER = 'org.freedesktop.portal.FileChooser'


def open_dialog(method):
    def opened(self, parent, title, options):
        about = plain(options)
        # A string of C: its zero is there, and not part of it.
        if 'current_folder' in about:
            about['current_folder'] = bytes(about['current_folder']).decode()
        State.dialogs.append([method, str(parent), str(title), about])
        results = dbus.Dictionary({'uris': dbus.Array(State.picks.get('uris', []), signature='s')}, signature='sv')
        path = '%s/request/%s/%s' % (PORTAL, State.picks.get('sender', escaped(State.client)), options['handle_token'])
        request = made(path)
        time.sleep(State.picks.get('hangs', 0))
        request.AddMethods('org.freedesktop.portal.Request', [('Close', '', '', lambda it: State.dialogs.append(['Close']))])

        def answer():
            request.EmitSignal('org.freedesktop.portal.Request', 'Response', 'ua{sv}', [dbus.UInt32(State.picks.get('code', 0)), results])
        if State.picks.get('error'):
            raise dbus.exceptions.DBusException('not today', name='org.freedesktop.portal.Error.NotAllowed')
        if not State.picks.get('waits'):
            GLib.timeout_add(State.picks.get('after', 0), answer)
        return dbus.ObjectPath(path)
    return opened


def chooser(version):
    portal = made(PORTAL)
    portal.AddProperties(CHOOSER, {'version': dbus.UInt32(version)})
    portal.AddMethods(CHOOSER, [(name, 'ssa{sv}', 'o', open_dialog(name)) for name in ('OpenFile', 'SaveFile')])
    made(PORTAL, 'org.freedesktop.portal.Desktop')


def command(line):
    word, *rest = line.split()
    if word == 'notifications':
        daemon = made('/org/freedesktop/Notifications', main=NOTIFICATIONS)
        if not hasattr(daemon, 'next_id'):
            daemon.AddTemplate('notification_daemon', {'capabilities': ' '.join(rest)} if rest else {})
            daemon.AddMethods(NOTIFICATIONS, [('Notify', 'susssasa{sv}i', 'u', notify)])
        elif rest:
            daemon.AddMethods(NOTIFICATIONS, [('GetCapabilities', '', 'as', 'ret = %r' % rest)])
        made('/org/freedesktop/Notifications', NOTIFICATIONS)
    elif word == 'gone':
        gone(rest[0])
    elif word == 'notified':
        return json.dumps(State.notified)
    elif word == 'refuse':
        State.refusing = rest == ['yes']
    elif word == 'early':
        State.early = rest[0] if rest else None
    elif word == 'invoke':
        mockobject.objects['/org/freedesktop/Notifications'].EmitSignal(
            NOTIFICATIONS, 'ActionInvoked', 'us', [dbus.UInt32(int(rest[0])), rest[1]])
    elif word == 'dismiss':
        mockobject.objects['/org/freedesktop/Notifications'].EmitSignal(
            NOTIFICATIONS, 'NotificationClosed', 'uu', [dbus.UInt32(int(rest[0])), dbus.UInt32(2)])
    elif word == 'watcher':
        watcher()
    elif word == 'items':
        return json.dumps(State.items)
    elif word == 'item':
        return json.dumps(plain(call(State.items[-1], '/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'GetAll',
                                     's', 'org.kde.StatusNotifierItem')))
    elif word == 'menu':
        return json.dumps(plain(tray('GetLayout', 'iias', 0, -1, dbus.Array([], signature='s'))))
    elif word == 'click':
        tray('Event', 'isvu', int(rest[0]), 'clicked', dbus.Int32(0), dbus.UInt32(0))
    elif word == 'clicks':
        return json.dumps(plain(tray('EventGroup', 'a(isvu)', [(int(one), 'clicked', dbus.Int32(0), dbus.UInt32(0)) for one in rest])))
    elif word == 'group':
        return json.dumps(plain(tray('GetGroupProperties', 'aias', [int(one) for one in rest], dbus.Array([], signature='s'))))
    elif word == 'activate':
        call(State.items[-1], '/StatusNotifierItem', 'org.kde.StatusNotifierItem', 'Activate', 'ii', 3, 4)
    elif word == 'signals':
        return json.dumps(State.signals)
    elif word == 'power':
        power(rest)
    elif word == 'saver':
        made('/org/freedesktop/ScreenSaver').AddMethods('org.freedesktop.ScreenSaver', [
            ('Inhibit', 'ss', 'u', inhibit), ('UnInhibit', 'u', '', uninhibit)])
        made('/org/freedesktop/ScreenSaver', 'org.freedesktop.ScreenSaver')
    elif word == 'inhibited':
        return json.dumps(State.inhibited)
    elif word == 'files':
        made('/org/freedesktop/FileManager1').AddMethods('org.freedesktop.FileManager1', [('ShowItems', 'ass', '', show_items)])
        made('/org/freedesktop/FileManager1', 'org.freedesktop.FileManager1')
    elif word == 'revealed':
        return json.dumps(State.revealed)
    elif word == 'theme':
        theme(int(rest[0]))
    elif word == 'reading':
        reading(rest[0], rest[1] * int(rest[2]))
    elif word == 'shortcuts':
        shortcuts(rest == ['yes'])
    elif word == 'chooser':
        chooser(int(rest[0]))
    elif word == 'forge':
        forge(*rest)
    elif word == 'pick':
        State.picks = json.loads(line.split(' ', 1)[1])
    elif word == 'dialogs':
        return json.dumps(State.dialogs)
    elif word == 'hesitate':
        State.hesitating = True
    elif word == 'decide':
        State.hesitating = False
        while State.unanswered:
            State.unanswered.pop(0)()
    elif word == 'hesitates-over':
        return json.dumps(len(State.unanswered))
    elif word == 'sessions':
        return json.dumps(list(State.bound))
    elif word == 'bound':
        return json.dumps([one for one in State.bound.values() if one])
    elif word == 'activate-shortcut':
        mockobject.objects[PORTAL].EmitSignal(SHORTCUTS, 'Activated', 'osta{sv}', [
            dbus.ObjectPath(rest[0]), rest[1], dbus.UInt64(1), dbus.Dictionary({}, signature='sv')])
    elif word == 'has':
        return json.dumps(bus.name_has_owner(rest[0]))
    else:
        raise RuntimeError('unknown command: ' + line)
    return ''


def on_line(channel, condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        print('ok ' + (command(line.strip()) or ''), flush=True)
    except Exception as e:  # whatever it is, the test shows it
        print('no %s %s' % (type(e).__name__, str(e).replace('\n', ' ')), flush=True)
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
for heard in ('com.canonical.dbusmenu', 'org.kde.StatusNotifierItem', 'com.canonical.Unity.LauncherEntry'):
    bus.add_signal_receiver(signalled, None, heard, member_keyword='member', interface_keyword='interface')
bus.add_message_filter(calling)
starting = dbus.service.BusName('dev.dunlin.MockStarting', bus)
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line)
print('ready', flush=True)
loop = GLib.MainLoop()
loop.run()
