// Says that it runs.
onconnect = ({ ports: [port] }) => port.postMessage('here')
