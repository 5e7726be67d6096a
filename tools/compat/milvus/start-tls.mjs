import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** Makes a self-signed certificate for 127.0.0.1 with openssl: `{ key, cert }` as PEM. */
function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a TLS proxy in front of a server without TLS. Clients must trust its `certificate`. */
export async function startTls(url) {
  const { port, hostname } = new URL(url);
  const { key, cert } = makeCertificate();
  const sockets = new Set();
  const server = createServer({ key, cert, ALPNProtocols: ['h2'] }, (secret) => {
    const plain = connect(Number(port), hostname);
    for (const socket of [secret, plain]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => [secret, plain].forEach((one) => one.destroy()));
    }
    secret.pipe(plain).pipe(secret);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${server.address().port}`,
    certificate: cert,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
