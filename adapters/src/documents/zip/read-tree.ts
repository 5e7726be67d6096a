import { readXml } from './read-xml.js';

/** An element of an XML part, with its name without prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

/** An element or text. */
type XmlNode = XmlElement | string;

/** Reads a whole XML part into memory: for parts whose order matters more than their size. Bounded as in `readXml`. */
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

/** The elements of a name below an element, at any depth, in order; none within another of them. */
export function elementsOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : child.name === name ? [child] : elementsOf(child, name),
  );
}
