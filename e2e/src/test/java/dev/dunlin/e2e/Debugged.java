package dev.dunlin.e2e;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.Map;

/**
 * A runtime under a debugger: for what happens only where one of its threads is late, which a busy
 * machine does by chance.
 */
record Debugged(VirtualMachine machine) implements AutoCloseable {
  /** To one that was started with {@code suspend=y}: it has done nothing yet. */
  static Debugged attach(String port) throws IOException, IllegalConnectorArgumentsException {
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(one -> one.transport().name().equals("dt_socket"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(port);
    return new Debugged(connector.attach(arguments));
  }

  /** Goes on until a thread calls the method: that one stands still until {@link #close}. */
  void runTo(String type, String method) throws InterruptedException {
    ClassPrepareRequest prepared = machine.eventRequestManager().createClassPrepareRequest();
    prepared.addClassFilter(type);
    prepared.enable();
    machine.resume();
    while (true) {
      EventSet events = machine.eventQueue().remove();
      for (Event event : events) {
        if (event instanceof BreakpointEvent) {
          return;
        }
        if (event instanceof ClassPrepareEvent loaded) {
          stopAt(loaded.referenceType(), method);
        }
      }
      events.resume();
    }
  }

  private void stopAt(ReferenceType type, String method) {
    BreakpointRequest stop =
        machine
            .eventRequestManager()
            .createBreakpointRequest(type.methodsByName(method).get(0).location());
    stop.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
    stop.enable();
  }

  boolean hasThread(String name) {
    return machine.allThreads().stream().anyMatch(thread -> thread.name().equals(name));
  }

  /** Lets it go on by itself. */
  @Override
  public void close() {
    machine.dispose();
  }
}
