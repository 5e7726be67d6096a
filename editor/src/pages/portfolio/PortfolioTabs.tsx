import type { ReactElement } from 'react';
import { Link } from '../Link.js';
import { portfolioPlaces } from './places.js';

/** The portfolio's places beside each other. */
export function PortfolioTabs({ page }: { readonly page: string }): ReactElement {
  return (
    <nav className="place-tabs" aria-label="Portfolio">
      {portfolioPlaces.map(({ href, title, pages }) => (
        <Link key={href} href={href} aria-current={pages.includes(page) ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
