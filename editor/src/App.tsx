import { Suspense, type ReactElement } from 'react';
import { useProjectsRead } from './access/project-store.js';
import { ConnectionBanner } from './frame/ConnectionBanner.js';
import { titleOf, useTitle } from './frame/page-title.js';
import { PageBoundary } from './frame/PageBoundary.js';
import { KillSwitchBanner } from './frame/KillSwitchBanner.js';
import { Rail } from './frame/Rail.js';
import { Toast } from './frame/Toast.js';
import { HomePage } from './pages/HomePage.js';
import { lazyPage } from './pages/lazy-page.js';
import { Link } from './pages/Link.js';
import { parseRoute, useAddress, type Route } from './pages/route.js';

// The home page is in the first bundle; every other page loads on demand.
const DraftPage = lazyPage(() => import('./pages/DraftPage.js').then(({ DraftPage: page }) => page));
const RunPage = lazyPage(() => import('./pages/RunPage.js').then(({ RunPage: page }) => page));
const RunsPage = lazyPage(() => import('./pages/RunsPage.js').then(({ RunsPage: page }) => page));
const ComparePage = lazyPage(() => import('./pages/ComparePage.js').then(({ ComparePage: page }) => page));
const InboxPage = lazyPage(() => import('./pages/InboxPage.js').then(({ InboxPage: page }) => page));
const SignInPage = lazyPage(() => import('./pages/SignInPage.js').then(({ SignInPage: page }) => page));
const ModelsPage = lazyPage(() => import('./pages/ModelsPage.js').then(({ ModelsPage: page }) => page));
const CollectionsPage = lazyPage(() => import('./pages/CollectionsPage.js').then(({ CollectionsPage: page }) => page));
const CollectionPage = lazyPage(() => import('./pages/CollectionPage.js').then(({ CollectionPage: page }) => page));
const ConnectionsPage = lazyPage(() => import('./pages/ConnectionsPage.js').then(({ ConnectionsPage: page }) => page));
const ConnectionPage = lazyPage(() => import('./pages/ConnectionPage.js').then(({ ConnectionPage: page }) => page));
const SecretsPage = lazyPage(() => import('./pages/SecretsPage.js').then(({ SecretsPage: page }) => page));
const ToolsPage = lazyPage(() => import('./pages/ToolsPage.js').then(({ ToolsPage: page }) => page));
const ToolServerPage = lazyPage(() => import('./pages/ToolServerPage.js').then(({ ToolServerPage: page }) => page));
const PoliciesPage = lazyPage(() => import('./pages/PoliciesPage.js').then(({ PoliciesPage: page }) => page));
const PolicyPage = lazyPage(() => import('./pages/PolicyPage.js').then(({ PolicyPage: page }) => page));
const SpendPage = lazyPage(() => import('./pages/SpendPage.js').then(({ SpendPage: page }) => page));
const SettingsPage = lazyPage(() => import('./pages/SettingsPage.js').then(({ SettingsPage: page }) => page));

const VersionsPage = lazyPage(() => import('./pages/publish/VersionsPage.js').then(({ VersionsPage: page }) => page));
const TestsPage = lazyPage(() => import('./pages/publish/TestsPage.js').then(({ TestsPage: page }) => page));
const TriggersPage = lazyPage(() => import('./pages/triggers/TriggersPage.js').then(({ TriggersPage: page }) => page));
const ApiPage = lazyPage(() => import('./pages/publish/ApiPage.js').then(({ ApiPage: page }) => page));

/** The frame and the page of the address. */
export function App(): ReactElement {
  const route = parseRoute(useAddress());
  useProjectsRead(route.page !== 'sign-in');
  return (
    <div className="frame">
      {route.page === 'sign-in' ? null : <Rail page={route.page} />}
      <div className="banners">
        <ConnectionBanner />
        {route.page === 'sign-in' ? null : <KillSwitchBanner />}
      </div>
      <PageBoundary page={route.page}>
        <Suspense fallback={<main className="home" aria-busy="true" aria-label="Opening" />}>
          <PageTitle route={route} />
          <Page route={route} />
        </Suspense>
      </PageBoundary>
      <Toast />
    </div>
  );
}

/** Runs before the page, so that the page can override the tab's title. */
function PageTitle({ route }: { readonly route: Route }): null {
  useTitle(titleOf(route));
  return null;
}

function Page({ route }: { readonly route: Route }): ReactElement {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'workflow':
      return <DraftPage workflow={route.workflow} runId={route.runId} inside={route.inside} />;
    case 'versions':
      return <VersionsPage workflow={route.workflow} from={route.from} to={route.to} />;
    case 'tests':
      return <TestsPage key={route.workflow} workflow={route.workflow} fromRun={route.run} />;
    case 'api':
      return <ApiPage key={route.workflow} workflow={route.workflow} />;
    case 'triggers':
      return <TriggersPage key={route.workflow} workflow={route.workflow} kind={route.kind} />;
    case 'run':
      return <RunPage runId={route.runId} />;
    case 'runs':
      return <RunsPage />;
    case 'compare':
      return <ComparePage left={route.left} right={route.right} />;
    case 'inbox':
      return <InboxPage only={route.only} />;
    case 'sign-in':
      return <SignInPage />;
    case 'models':
      return <ModelsPage />;
    case 'collections':
      return <CollectionsPage />;
    case 'collection':
      return <CollectionPage key={route.name} name={route.name} document={route.document} />;
    case 'connections':
      return <ConnectionsPage />;
    case 'connection':
      return <ConnectionPage key={route.id} id={route.id} name={route.name} />;
    case 'secrets':
      return <SecretsPage />;
    case 'tools':
      return <ToolsPage />;
    case 'tool-server':
      return <ToolServerPage key={route.id} id={route.id} />;
    case 'policies':
      return <PoliciesPage />;
    case 'policy':
      return <PolicyPage key={route.name} name={route.name} />;
    case 'spend':
      return <SpendPage />;
    case 'settings':
      return <SettingsPage section={route.section} />;
    case 'missing':
      return (
        <main className="center">
          <div className="empty">
            <h1>Page not found</h1>
            <p>No page exists at {route.path}.</p>
            <Link href="/" className="button">
              Go to home
            </Link>
          </div>
        </main>
      );
  }
}
