import { type ReactElement, type ReactNode } from 'react';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { IntegrationsTabs } from './IntegrationsTabs.js';

/** A page of the integrations: title, actions, tabs and content. */
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
    <PageLayout title={title} actions={actions}>
      <IntegrationsTabs page={page} />
      {lead === undefined ? null : <p className="page-lead quiet">{lead}</p>}
      {children}
    </PageLayout>
  );
}
