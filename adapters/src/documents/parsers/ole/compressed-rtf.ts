import { damaged } from './open-ole.js';

const dictionaryStart =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';
const size = 4096;
const most = 50_000_000;

/** Decompresses the rich text of an Outlook message. */
export function inflateRtf(part: Buffer): Buffer {
  if (part.length < 16) throw damaged('its text is cut off');
  if (part.toString('latin1', 8, 12) === 'MELA') return part.subarray(16);
  const wanted = part.readUInt32LE(4);
  if (wanted > most) throw damaged(`its text claims ${wanted} bytes`);
  const dictionary = Buffer.alloc(size);
  let write = dictionary.write(dictionaryStart, 'latin1');
  const output: number[] = [];
  const put = (byte: number): void => {
    output.push(byte);
    dictionary[write] = byte;
    write = (write + 1) % size;
  };
  for (let at = 16; at < part.length && output.length < wanted;) {
    const flags = part[at] ?? 0;
    at += 1;
    for (let bit = 0; bit < 8 && at < part.length && output.length < wanted; bit += 1) {
      if ((flags & (1 << bit)) === 0) {
        put(part[at] ?? 0);
        at += 1;
        continue;
      }
      const reference = ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
      at += 2;
      const offset = reference >> 4;
      // A reference to the current write position marks the end.
      if (offset === write) return Buffer.from(output);
      for (let index = 0; index < (reference & 15) + 2; index += 1) put(dictionary[(offset + index) % size] ?? 0);
    }
  }
  return Buffer.from(output);
}
