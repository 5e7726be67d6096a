import { type ReactElement, type ReactNode } from 'react';
import { IntegrationsTabs } from './IntegrationsTabs.js';

/** A page of the integrations: tabs, title, actions and content. */
export function IntegrationLayout({
  page,
  title,
  lead,
  actions,
  children,
}: {
  readonly page: string;
  readonly title: string;
  /** The purpose of the page, in a sentence. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <main className="home">
      <div className="home-body integration">
        <IntegrationsTabs page={page} />
        <header className="home-head">
          <div className="integration-title">
            <h1>{title}</h1>
            {lead === undefined ? null : <p className="quiet">{lead}</p>}
          </div>
          {actions === undefined ? null : <div className="head-actions">{actions}</div>}
        </header>
        {children}
      </div>
    </main>
  );
}
