import type { ReactElement, ReactNode } from 'react';

/**
 * The grid of a page: one width, one gutter and a heading row with actions, so that nothing jumps between pages.
 *
 * @example <PageLayout title="Models" actions={<button className="button">Add a model</button>}>…</PageLayout>
 */
export function PageLayout({
  title,
  actions,
  children,
}: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>{title}</h1>
          {actions === undefined ? null : <div className="head-actions">{actions}</div>}
        </header>
        {children}
      </div>
    </main>
  );
}
