import { readXml } from './read-xml.js';

/** An XML element. Its name has no namespace prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

type XmlNode = XmlElement | string;

/** Reads a whole XML part into memory, for small parts in which the order of elements matters. It has the limits of `readXml`. */
export function readTree(bytes: Uint8Array): XmlElement {
  interface Open extends XmlElement {
    readonly children: XmlNode[];
  }
  const root: Open = { name: '', attributes: {}, children: [] };
  const open: Open[] = [root];
  readXml(bytes, {
    onOpen: (name, attributes) => {
      const element: Open = { name, attributes, children: [] };
      open.at(-1)?.children.push(element);
      open.push(element);
    },
    onClose: () => void open.pop(),
    onText: (text) => void open.at(-1)?.children.push(text),
  });
  return root;
}

/** The descendants of an element that have the given name, in document order. A match inside another match is left out. */
export function elementsOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : child.name === name ? [child] : elementsOf(child, name),
  );
}
