import { crc32, deflateRawSync } from 'node:zlib';

/** Creates a zip archive (PKWARE APPNOTE 6.3). The same files give the same bytes. */
export function zipOf(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(content);
    const path = Buffer.from(name);
    // Version 2.0, UTF-8 names, deflate, 1 January 1980, checksum, sizes, length of the name, no extra field.
    const about = Buffer.alloc(26);
    [20, 0x0800, 8, 0, 0x21].forEach((value, index) => about.writeUInt16LE(value, 2 * index));
    [crc32(content), packed.length, content.length].forEach((value, index) =>
      about.writeUInt32LE(value, 10 + 4 * index),
    );
    about.writeUInt16LE(path.length, 22);
    parts.push(Buffer.from('PK\u0003\u0004'), about, path, packed);
    // Made by version 2.0; then no comment, disk 0, the attributes of a plain file, and the offset of the file.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 2 ** 16, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), about, rest, path);
    offset += 4 + about.length + path.length + packed.length;
  }
  const end = Buffer.alloc(18);
  [files.length, files.length].forEach((value, index) => end.writeUInt16LE(value, 4 + 2 * index));
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}
