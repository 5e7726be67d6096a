import { crc32, deflateSync } from 'node:zlib';

const channels = 3;
/** PNG filter 1: each pixel is stored as the difference from the one to its left, because most of a page has one colour. */
const asDifference = 1;

/** Encodes a picture with three bytes a pixel (red, green, blue) as PNG. */
export function writePng(pixels: Uint8Array, width: number, height: number): Buffer {
  const row = width * channels;
  const filtered = Buffer.alloc((row + 1) * height);
  for (let line = 0; line < height; line += 1) {
    const from = line * row;
    const to = line * (row + 1);
    filtered[to] = asDifference;
    for (let at = 0; at < row; at += 1)
      filtered[to + 1 + at] = (pixels[from + at] ?? 0) - (at < channels ? 0 : (pixels[from + at - channels] ?? 0));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a channel, in colour.
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(filtered, { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const length = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
