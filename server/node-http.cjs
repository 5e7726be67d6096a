// An import of `node:http` reads all of its exports, some of which load undici: 13 MB. This file stands for it in the bundle.
module.exports = process.getBuiltinModule('node:http');
