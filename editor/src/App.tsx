import { lazy, Suspense, type ReactElement } from 'react';
import { ConnectionBanner } from './frame/ConnectionBanner.js';
import { Rail } from './frame/Rail.js';
import { HomePage } from './pages/HomePage.js';
import { Link } from './pages/Link.js';
import { parseRoute, useAddress, type Route } from './pages/route.js';

// The home page is there at once; every other place comes when somebody goes to it.
const DraftPage = lazy(() => import('./pages/DraftPage.js').then(({ DraftPage: page }) => ({ default: page })));
const RunPage = lazy(() => import('./pages/RunPage.js').then(({ RunPage: page }) => ({ default: page })));
const RunsPage = lazy(() => import('./pages/RunsPage.js').then(({ RunsPage: page }) => ({ default: page })));
const ComparePage = lazy(() => import('./pages/ComparePage.js').then(({ ComparePage: page }) => ({ default: page })));
const InboxPage = lazy(() => import('./pages/InboxPage.js').then(({ InboxPage: page }) => ({ default: page })));
const ModelsPage = lazy(() => import('./pages/ModelsPage.js').then(({ ModelsPage: page }) => ({ default: page })));
const CollectionsPage = lazy(() => import('./pages/CollectionsPage.js').then(({ CollectionsPage: page }) => ({ default: page })));
const CollectionPage = lazy(() => import('./pages/CollectionPage.js').then(({ CollectionPage: page }) => ({ default: page })));

/** The frame and the page that the address names. */
export function App(): ReactElement {
  const route = parseRoute(useAddress());
  return (
    <div className="frame">
      <Rail page={route.page} />
      <ConnectionBanner />
      <Suspense fallback={<main className="home" aria-busy="true" aria-label="Opening" />}>
        <Page route={route} />
      </Suspense>
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
    case 'compare':
      return <ComparePage left={route.left} right={route.right} />;
    case 'inbox':
      return <InboxPage />;
    case 'models':
      return <ModelsPage />;
    case 'collections':
      return <CollectionsPage />;
    case 'collection':
      return <CollectionPage key={route.name} name={route.name} document={route.document} />;
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
