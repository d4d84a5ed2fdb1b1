"""BlueZ as dbusmock has it, with the device of the contract and its services.

Argument: how many more characteristics a third service has. Commands come on standard input, one a
line; each is answered by a line "ok ..." or "no ...".
"""

import sys
import time

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
import dbusmock
from dbusmock import mockobject
from gi.repository import GLib

ADAPTER = '/org/bluez/hci0'
DEVICE = ADAPTER + '/dev_02_00_00_00_00_02'
CHARACTERISTIC = 'org.bluez.GattCharacteristic1'
PROPS = 'org.freedesktop.DBus.Properties'
OBJECTS = 'org.freedesktop.DBus.ObjectManager'


def uuid(number):
    return '12345678-1234-5678-1234-56789abcde%02x' % number


def short(number):
    return '0000%04x-0000-1000-8000-00805f9b34fb' % number


class State:
    values = {}
    notifying = set()
    applications = []
    advertisements = []
    agents = []
    fail_read = None
    calls = []


def error(name, text):
    return dbus.exceptions.DBusException(text, name='org.bluez.Error.' + name)


def array(data):
    return dbus.Array([dbus.Byte(b) for b in data], signature='y')


def read(self, options):
    if State.fail_read:
        name, text = State.fail_read
        raise error(name, text)
    if self.path not in State.values:
        raise error('NotPermitted', 'Read not permitted')
    return array(State.values[self.path])


def write(self, value, options):
    if len(value) > 512:
        raise error('InvalidArguments', 'Invalid Length')
    if self.path.endswith('char0005'):
        send(int(value[2]) << 8 | int(value[3]), int(value[0]) << 8 | int(value[1]))
        return
    State.values[self.path] = bytes(value)


def send(count, first=0):
    for path in sorted(State.notifying):
        for i in range(first, first + count):
            mockobject.objects[path].UpdateProperties(
                CHARACTERISTIC, {'Value': dbus.Array([dbus.Byte(i >> 8), dbus.Byte(i & 255)],
                                                     signature='y', variant_level=1)})


def flood(count, per_second, size):
    """As a device that sends faster than anybody reads; how many a second it were."""
    path = min(State.notifying)
    # Made before, and not heard here: only the bus and who listens are tried.
    messages = []
    for i in range(count):
        message = dbus.lowlevel.SignalMessage(path, PROPS, 'PropertiesChanged')
        value = dbus.ByteArray(i.to_bytes(4, 'big') + bytes(size - 4), variant_level=1)
        message.append(CHARACTERISTIC, {'Value': value}, [], signature='sa{sv}as')
        messages.append(message)
    heard.remove()
    begin = time.monotonic()
    for i, message in enumerate(messages):
        bus.send_message(message)
        if i % 100 == 99:
            bus.flush()
            time.sleep(max(0, begin + i / per_second - time.monotonic()))
    bus.flush()
    return '%d' % (count / (time.monotonic() - begin))


def start_notify(self):
    State.notifying.add(self.path)
    self.UpdateProperties(CHARACTERISTIC, {'Notifying': dbus.Boolean(True, variant_level=1)})


def stop_notify(self):
    State.notifying.discard(self.path)
    self.UpdateProperties(CHARACTERISTIC, {'Notifying': dbus.Boolean(False, variant_level=1)})


def connect(self):
    if not self.props['org.bluez.Device1']['Connected']:
        self.UpdateProperties('org.bluez.Device1', {'Connected': dbus.Boolean(True, variant_level=1)})
    self.UpdateProperties('org.bluez.Device1', {'ServicesResolved': dbus.Boolean(True, variant_level=1)})


def disconnect(self):
    State.notifying.clear()
    self.UpdateProperties('org.bluez.Device1', {'Connected': dbus.Boolean(False, variant_level=1),
                                                'ServicesResolved': dbus.Boolean(False, variant_level=1)})


def pair(self):
    if State.fail_read:
        name, text = State.fail_read
        raise error(name, text)
    self.UpdateProperties('org.bluez.Device1', {'Paired': dbus.Boolean(True, variant_level=1)})


def register_agent(self, path, capability):
    # BlueZ forgets an agent whose client goes; the template keeps it, and fails at the next one.
    if path not in self.agent_paths:
        self.agent_paths += [path]


def register_application(self, path, options):
    State.applications.append(str(path))


def unregister_application(self, path):
    State.applications.remove(str(path))


def register_advertisement(self, path, options):
    State.advertisements.append(str(path))


def unregister_advertisement(self, path):
    State.advertisements.remove(str(path))


def nothing(self, *args):
    pass


def add(path, interface, properties, methods=()):
    root.AddObject(path, interface, dbus.Dictionary(properties, signature='sv'), list(methods))


def add_service(number, identifier):
    path = DEVICE + '/service%04x' % number
    add(path, 'org.bluez.GattService1',
        {'UUID': identifier, 'Primary': True, 'Device': dbus.ObjectPath(DEVICE)})
    return path


def add_characteristic(service, number, identifier, flags, value=None):
    path = service + '/char%04x' % number
    if value is not None:
        State.values[path] = value
    add(path, CHARACTERISTIC,
        {'UUID': identifier, 'Service': dbus.ObjectPath(service),
         'Flags': dbus.Array(flags, signature='s'), 'Notifying': False,
         'MTU': dbus.UInt16(517), 'Value': dbus.Array([], signature='y')},
        [('ReadValue', 'a{sv}', 'ay', read), ('WriteValue', 'aya{sv}', '', write),
         ('StartNotify', '', '', start_notify), ('StopNotify', '', '', stop_notify)])
    return path


def add_device():
    add(DEVICE, 'org.bluez.Device1', {
        'Address': '02:00:00:00:00:02', 'AddressType': 'random', 'Name': 'Contract',
        'Alias': 'Contract', 'Adapter': dbus.ObjectPath(ADAPTER), 'Paired': False,
        'Connected': False, 'ServicesResolved': False, 'RSSI': dbus.Int16(127),
        'UUIDs': dbus.Array([uuid(0)], signature='s'),
        'ManufacturerData': dbus.Dictionary(
            {dbus.UInt16(0xffff): dbus.Array(array(b'\x01\x02\x03'), variant_level=1)},
            signature='qv')},
        [('Connect', '', '', connect), ('Disconnect', '', '', disconnect),
         ('Pair', '', '', pair), ('CancelPairing', '', '', '')])
    service = add_service(1, uuid(0))
    value = add_characteristic(service, 1, uuid(1), ['read', 'write'], b'hello')
    add(value + '/desc0001', 'org.bluez.GattDescriptor1',
        {'UUID': short(0x2901), 'Characteristic': dbus.ObjectPath(value),
         'Value': dbus.Array([], signature='y')},
        [('ReadValue', 'a{sv}', 'ay', read), ('WriteValue', 'aya{sv}', '', write)])
    State.values[value + '/desc0001'] = b'a value'
    add_characteristic(service, 2, uuid(2), ['read', 'write'], bytes(i & 255 for i in range(512)))
    add_characteristic(service, 3, uuid(3), ['notify'])
    add_characteristic(service, 4, uuid(4), ['indicate'])
    add_characteristic(service, 5, uuid(5), ['write', 'write-without-response'])
    add_characteristic(service, 6, uuid(6), ['read'])
    add_characteristic(service, 7, uuid(7), ['read', 'write-without-response'], b'')
    for number in (1, 2):
        twin = add_service(0x20 + number, uuid(0x10))
        add_characteristic(twin, 0x30 + number, uuid(0x11), ['read'], bytes([number]))
    if many:
        service = add_service(0x40, uuid(0x40))
        for i in range(many):
            add_characteristic(service, 0x100 + i, uuid(0x41), ['read'], bytes([i & 255]))


def add_adapter():
    bluez.AddAdapter('hci0', 'mock')
    adapter = mockobject.objects[ADAPTER]
    # The template's keep a filter that GetManagedObjects cannot encode.
    adapter.AddMethods('org.bluez.Adapter1', [
        ('SetDiscoveryFilter', 'a{sv}', '', nothing), ('StartDiscovery', '', '', nothing),
        ('StopDiscovery', '', '', nothing)])
    adapter.AddMethods('org.bluez.GattManager1', [
        ('RegisterApplication', 'oa{sv}', '', register_application),
        ('UnregisterApplication', 'o', '', unregister_application)])
    adapter.AddMethods('org.bluez.LEAdvertisingManager1', [
        ('RegisterAdvertisement', 'oa{sv}', '', register_advertisement),
        ('UnregisterAdvertisement', 'o', '', unregister_advertisement)])


def client():
    """Who registered: the only other one on this bus."""
    others = [n for n in bus.list_names() if n.startswith(':') and n != bus.get_unique_name()]
    for name in others:
        try:
            bus.call_blocking(name, '/dev/dunlin', 'org.freedesktop.DBus.Peer', 'Ping', '', (), timeout=2)
            return name
        except dbus.exceptions.DBusException:
            pass
    raise RuntimeError('nobody is there')


def call(path, interface, member, signature, *args):
    return bus.call_blocking(client(), path, interface, member, signature, args, timeout=5)


def emit_removed(path, interfaces):
    root.EmitSignal(OBJECTS, 'InterfacesRemoved', 'oas', [dbus.ObjectPath(path), interfaces])


def command(line):
    word, *rest = line.split(' ')
    device = mockobject.objects.get(DEVICE)
    if word == 'powered':
        mockobject.objects[ADAPTER].UpdateProperties(
            'org.bluez.Adapter1', {'Powered': dbus.Boolean(rest[0] == 'on', variant_level=1)})
    elif word == 'connected':
        return str(bool(device.props['org.bluez.Device1']['Connected']))
    elif word == 'drop':
        disconnect(device)
    elif word == 'remove':
        for path in [p for p in mockobject.objects if p.startswith(DEVICE)]:
            root.RemoveObject(path)
        emit_removed(DEVICE, ['org.bluez.Device1'])
    elif word == 'unplug':
        for path in [p for p in mockobject.objects if p.startswith(ADAPTER)]:
            root.RemoveObject(path)
        emit_removed(ADAPTER, ['org.bluez.Adapter1'])
    elif word == 'unresolve':
        device.UpdateProperties('org.bluez.Device1',
                                {'ServicesResolved': dbus.Boolean(False, variant_level=1)})
    elif word == 'fail':
        State.fail_read = (rest[0], ' '.join(rest[1:])) if rest else None
    elif word == 'drop-service':
        for path in [p for p in mockobject.objects if p.startswith(DEVICE + '/service0021')]:
            root.RemoveObject(path)
            emit_removed(path, [CHARACTERISTIC if 'char' in path else 'org.bluez.GattService1'])
    elif word == 'send':
        send(int(rest[0]))
    elif word == 'flood':
        return flood(*map(int, rest))
    elif word == 'calls':
        return '%d %d %d' % (len(State.applications), len(State.advertisements),
                             len(bluez_main.agent_paths))
    elif word == 'objects':
        app = State.applications[-1]
        found = call(app, OBJECTS, 'GetManagedObjects', '')
        return ' '.join(sorted(p[len(app):] + '=' + str(next(iter(i.values()))['UUID'])
                               for p, i in found.items()))
    elif word == 'advertised':
        found = call(State.advertisements[-1], PROPS, 'GetAll', 's', 'org.bluez.LEAdvertisement1')
        return '%s %s %s' % (found['LocalName'], ','.join(found['ServiceUUIDs']),
                             bytes(found['ManufacturerData'][0xffff]).hex())
    elif word == 'read':
        options = {'offset': dbus.UInt16(int(rest[1])), 'mtu': dbus.UInt16(64),
                   'device': dbus.ObjectPath(DEVICE)}
        return bytes(call(State.applications[-1] + rest[0], CHARACTERISTIC, 'ReadValue', 'a{sv}',
                          options)).hex()
    elif word == 'write':
        call(State.applications[-1] + rest[0], CHARACTERISTIC, 'WriteValue', 'aya{sv}',
             dbus.ByteArray(bytes.fromhex(rest[1])), {'device': dbus.ObjectPath(DEVICE)})
    elif word == 'subscribe':
        call(State.applications[-1] + rest[0], CHARACTERISTIC, 'StartNotify', '')
    elif word == 'sent':
        return ' '.join(State.calls)
    elif word == 'confirm':
        call(bluez_main.agent_paths[-1], 'org.bluez.Agent1', 'RequestConfirmation', 'ou',
             dbus.ObjectPath(DEVICE), dbus.UInt32(int(rest[0])))
    else:
        raise RuntimeError('unknown command: ' + line)
    return ''


def on_line(channel, condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        print('ok ' + command(line.strip()), flush=True)
    except Exception as e:  # whatever it is, the test shows it
        name = e.get_dbus_name() if isinstance(e, dbus.exceptions.DBusException) else type(e).__name__
        print('no %s %s' % (name, str(e).replace('\n', ' ')), flush=True)
    return True


def value_sent(interface, changed, invalidated, path=None):
    if 'Value' in changed and path.startswith('/dev/dunlin'):
        State.calls.append(bytes(changed['Value']).hex())


many = int(sys.argv[1]) if len(sys.argv) > 1 else 0
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[2])
root = mockobject.DBusMockObject(dbus.service.BusName('org.bluez.DunlinStarting', bus), '/', 'org.bluez.Mock',
                                 {}, '/dev/null', True)
mockobject.objects['/'] = root
root.AddTemplate('bluez5', {})
bluez = root
bluez_main = mockobject.objects['/org/bluez']
bluez_main.AddMethods('org.bluez.AgentManager1', [('RegisterAgent', 'os', '', register_agent)])
add_adapter()
add_device()
heard = bus.add_signal_receiver(value_sent, 'PropertiesChanged', PROPS, path_keyword='path')
owned = dbus.service.BusName('org.bluez', bus, do_not_queue=True)
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line)
print('ready', flush=True)
loop = GLib.MainLoop()
loop.run()
