import type { ReactElement } from 'react';
import { ConnectionBanner } from './frame/ConnectionBanner.js';
import { Rail } from './frame/Rail.js';
import { DraftPage } from './pages/DraftPage.js';
import { HomePage } from './pages/HomePage.js';
import { Link } from './pages/Link.js';
import { parseRoute, useAddress, type Route } from './pages/route.js';
import { RunPage } from './pages/RunPage.js';
import { RunsPage } from './pages/RunsPage.js';

/** The frame and the page that the address names. */
export function App(): ReactElement {
  const route = parseRoute(useAddress());
  return (
    <div className="frame">
      <Rail page={route.page} />
      <ConnectionBanner />
      <Page route={route} />
    </div>
  );
}

function Page({ route }: { readonly route: Route }): ReactElement {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'workflow':
      return <DraftPage workflow={route.workflow} runId={route.runId} />;
    case 'run':
      return <RunPage runId={route.runId} />;
    case 'runs':
      return <RunsPage />;
    case 'missing':
      return (
        <main className="center">
          <div className="empty">
            <h1>Nothing here</h1>
            <p>There is no page at {route.path}.</p>
            <Link href="/" className="button">
              Go home
            </Link>
          </div>
        </main>
      );
  }
}
