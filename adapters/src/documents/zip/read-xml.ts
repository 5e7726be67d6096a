import { HeddleError } from '@heddle/core';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { decodeText } from '../kinds/decode-text.js';
import { zipLimits } from '../limits.js';
import { bomb } from './open-zip.js';

/** The callbacks of `readXml`. Names have no namespace prefix. */
interface XmlHandlers {
  readonly onOpen?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly onClose?: (name: string) => void;
  readonly onText?: (text: string) => void;
}

/** Reads XML as a stream of events. It refuses a DOCTYPE and limits the depth. Errors: `document_bomb`, `document_damaged`. */
export function readXml(bytes: Uint8Array, handlers: XmlHandlers): void {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('doctype', () => {
    throw bomb('one of its parts has a DOCTYPE, which can expand without end');
  });
  parser.on('opentag', (tag: SaxesTagPlain) => {
    depth += 1;
    if (depth > zipLimits.xmlDepth) throw bomb(`one of its parts is nested deeper than ${zipLimits.xmlDepth} levels`);
    handlers.onOpen?.(localName(tag.name), tag.attributes);
  });
  parser.on('closetag', (tag: SaxesTagPlain) => {
    depth -= 1;
    handlers.onClose?.(localName(tag.name));
  });
  if (handlers.onText !== undefined) {
    parser.on('text', handlers.onText);
    parser.on('cdata', handlers.onText);
  }
  parser.on('error', (cause) => {
    throw new HeddleError(
      'document_damaged',
      `One of its parts is not valid XML (${cause.message}): save the document again.`,
      { cause },
    );
  });
  parser.write(decodeText(bytes)).close();
}

/** The value of an attribute, found by its name without namespace prefix. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  if (attributes[name] !== undefined) return attributes[name];
  const found = Object.keys(attributes).find((key) => localName(key) === name);
  return found === undefined ? undefined : attributes[found];
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
