// The same from a module of the old kind, whose loader is another one.
exports.attempts = (given) => ({
  'require net': () => require('net').connect(given.port, '127.0.0.1'),
  'require node:http': () => require('node:http').get(given.url),
  'require child_process': () => require('child_process').execSync('id'),
  'require worker_threads': () => new (require('worker_threads').Worker)('1', { eval: true }),
  'require a file outside': () => require(given.secret),
  'module.constructor._load net': () => module.constructor._load('net').connect(given.port, '127.0.0.1'),
  'module.constructor._load dgram': () => module.constructor._load('dgram').createSocket('udp4'),
  'module.constructor._load http': () => module.constructor._load('http').request(given.url),
  'module.constructor._load http2': () => module.constructor._load('http2').connect(given.url),
  'module.constructor._load tls': () => module.constructor._load('tls').connect(given.port, '127.0.0.1'),
  'module.constructor._load fs': () => module.constructor._load('fs').readFileSync(given.secret),
  'module.constructor._load vm': () => module.constructor._load('vm').runInThisContext('1'),
  'http agent': () =>
    module.constructor._load('http').globalAgent.createConnection({ port: given.port, host: '127.0.0.1' }),
  'socket class': () => {
    const { Socket } = module.constructor._load('net');
    return new Socket().connect(given.port, '127.0.0.1');
  },
  'socket prototype': () => {
    const { Socket } = module.constructor._load('net');
    return Object.create(Socket.prototype).connect(given.port, '127.0.0.1');
  },
  'require native': () => require(given.addon),
});
