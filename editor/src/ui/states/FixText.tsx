import { Fragment, type ReactElement } from 'react';
import { Link } from '../navigation/Link.js';

const pages = new Map([
  ['Collections', '/collections'],
  ['Connections', '/connections'],
  ['Models', '/models'],
  ['Tools', '/tools'],
]);

/** The next step as text; the name of a page in it becomes a link. */
export function FixText({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      {text.split(/(?<=\bthe page )([A-Z][a-z]+)/).map((part, index) => {
        const href = pages.get(part);
        return href === undefined ? (
          <Fragment key={index}>{part}</Fragment>
        ) : (
          <Link key={index} href={href} className="text-link">
            {part}
          </Link>
        );
      })}
    </>
  );
}
