import { HeddleError } from '@heddle/core';
import { SaxesParser } from 'saxes';
import { yieldToEventLoop } from '../../event-loop/index.js';

/** The callbacks of `readXmlText`. Names have no namespace prefix. */
interface XmlEvents {
  onOpen(name: string, attributes: Readonly<Record<string, string>>): void;
  onText(text: string): void;
  onClose(name: string): void;
}

const deepest = 64;
const sliceLength = 64 * 1024;

/** Reads XML from the network in pieces. It refuses a DOCTYPE and limits the depth. Errors: `source_failed`. */
export async function readXmlText(xml: string, what: string, events: XmlEvents): Promise<void> {
  const parser = new SaxesParser();
  let depth = 0;
  const failed = (why: string): HeddleError => new HeddleError('source_failed', `${what} cannot be read: ${why}.`);
  parser.on('doctype', () => {
    throw failed('it has a DOCTYPE, which can expand without end');
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > deepest) throw failed(`it is nested deeper than ${deepest} levels`);
    events.onOpen(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    events.onClose(localName(name));
  });
  parser.on('text', (text) => events.onText(text));
  parser.on('cdata', (text) => events.onText(text));
  parser.on('error', (cause) => {
    throw failed(`it is not valid XML (${cause.message.slice(0, 200)})`);
  });
  const text = xml.replace(/^\ufeff/, '').trimStart();
  for (let start = 0; start < text.length; start += sliceLength) {
    if (start > 0) await yieldToEventLoop();
    parser.write(text.slice(start, start + sliceLength));
  }
  parser.close();
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();
