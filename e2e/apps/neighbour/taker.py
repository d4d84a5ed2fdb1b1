"""Another program of the desktop, by GTK: takes files that are dropped on it, and its title says which.

With the word `silent` it takes a drop and never says that it is done with it.
"""

import sys

import gi

gi.require_version('Gtk', '3.0')
from gi.repository import Gdk, Gtk


SILENT = sys.argv[1:] == ['silent']


def moved(widget, context, x, y, time):
    window.set_title('Offered')
    if SILENT:
        Gdk.drag_status(context, Gdk.DragAction.COPY, time)
    return SILENT


def received(widget, context, x, y, data, info, time):
    window.set_title('Took ' + ' '.join(uri[len('file://'):].rstrip('/') for uri in data.get_uris()))


window = Gtk.Window(title='Neighbour')
window.add(Gtk.Label(label='drop here'))
window.drag_dest_set(Gtk.DestDefaults(0) if SILENT else Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
window.drag_dest_add_uri_targets()
window.connect('drag-motion', moved)
window.connect('drag-data-received', received)
if SILENT:
    window.connect('drag-drop', lambda *dropped: True)
window.connect('destroy', Gtk.main_quit)
window.set_default_size(200, 150)
window.move(600, 20)
window.show_all()
Gtk.main()
