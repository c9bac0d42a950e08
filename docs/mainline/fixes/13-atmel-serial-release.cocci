// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/tty/serial/atmel_serial.c
// Subject: tty: serial: atmel: release a port as it was requested
//
// atmel_request_port() maps the registers by
// devm_platform_ioremap_resource(), which the driver core undoes.
// atmel_release_port() undoes it by hand before, and each port that goes
// logs a bad address and a trace.
//
// Leave the mapping to the driver core.

@devm@
@@
 atmel_request_port(...)
 {
 <+...
 devm_platform_ioremap_resource(...)
 ...+>
 }

@depends on devm@
identifier port, mpdev, size;
@@
 atmel_release_port(struct uart_port *port)
 {
-struct platform_device *mpdev = to_platform_device(...);
-int size = resource_size(...);
-
-release_mem_region(port->mapbase, size);
-
 if (port->flags & UPF_IOREMAP) {
-	iounmap(port->membase);
 	port->membase = NULL;
 }
 }
