import { Suspense, useEffect, type ReactElement } from 'react';
import { useProjectsRead } from './data/access/project-store.js';
import { uploadFile } from './data/api/upload-file.js';
import { ConnectionBanner, titleOf, KillSwitchBanner, Rail, Toast } from './features/shell/index.js';
import { useTitle } from './ui/navigation/use-title.js';
import { StoreFile } from './ui/schema-form/store-file.js';
import { PageBoundary } from './ui/states/PageBoundary.js';
import { useSession } from './features/session/index.js';
import { HomePage, TemplatesPage } from './features/home/index.js';
import { lazyPage } from './ui/navigation/lazy-page.js';
import { parseRoute, useAddress, type Route } from './ui/navigation/route.js';
import { BuildPage, ProposalPage } from './features/building/index.js';
import { CollectionsPage, CollectionPage, EntitiesPage } from './features/collections/index.js';
import { ConsentPage } from './features/consent/index.js';
import { ConnectionsPage, ConnectionPage } from './features/connections/index.js';
import { DashboardPage } from './features/dashboard/index.js';
import { InboxPage } from './features/inbox/index.js';
import { ModelsPage } from './features/models/index.js';
import { PolicyPage, PoliciesPage } from './features/policies/index.js';
import { QualityPage } from './features/quality/index.js';
import { RunsPage, ComparePage } from './features/runs/index.js';
import { SecretsPage } from './features/secrets/index.js';
import { SettingsPage } from './features/settings/index.js';
import { SignInPage } from './features/sign-in/index.js';
import { SpendPage } from './features/spend/index.js';
import { ToolsPage, ToolServerPage } from './features/tools/index.js';
import { TriggersPage } from './features/triggers/index.js';
import { VersionsPage } from './features/versions/index.js';
import { DraftPage, RunPage, WorkflowChatPage } from './features/workflow/index.js';
import { ApiPage } from './features/workflow-api/index.js';
import { TestsPage } from './features/workflow-tests/index.js';

const PageNotFound = lazyPage(() => import('./ui/states/PageNotFound.js').then(({ PageNotFound: page }) => page));
const UndoToasts = lazyPage(() => import('./ui/states/UndoToasts.js').then(({ UndoToasts: toasts }) => toasts));

/** The frame of the editor and the page for the current address. */
export function App(): ReactElement {
  const route = parseRoute(useAddress());
  // On these pages, the user only has to make one decision, so nothing else is shown.
  const isAlone = route.page === 'sign-in' || route.page === 'connect';
  useProjectsRead(!isAlone);
  useCloseRun(route.page !== 'workflow' && route.page !== 'chat' && route.page !== 'run');
  return (
    <div className="frame">
      {isAlone ? null : <Rail page={route.page} />}
      <div className="banners">
        <ConnectionBanner />
        <Suspense fallback={null}>{isAlone ? null : <KillSwitchBanner />}</Suspense>
      </div>
      <PageBoundary page={route.page}>
        <Suspense fallback={<main className="home" aria-busy="true" aria-label="Opening" />}>
          <PageTitle route={route} />
          <StoreFile value={uploadFile}>
            <Page route={route} />
          </StoreFile>
        </Suspense>
      </PageBoundary>
      <Suspense fallback={null}>
        <Toast />
        <UndoToasts />
      </Suspense>
    </div>
  );
}

/** Closes the open run when a page shows no run. */
function useCloseRun(isLeft: boolean): void {
  const { runs } = useSession();
  useEffect(() => {
    if (isLeft) runs.leave();
  }, [isLeft, runs]);
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
    case 'templates':
      return <TemplatesPage shown={route.template} />;
    case 'chat':
      return <WorkflowChatPage key={route.workflow} workflow={route.workflow} runId={route.runId} />;
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
    case 'build':
      return <BuildPage key={route.workflow ?? ''} workflow={route.workflow} proposal={route.proposal} />;
    case 'proposal':
      return <ProposalPage key={route.id} id={route.id} />;
    case 'sign-in':
      return <SignInPage />;
    case 'connect':
      return <ConsentPage />;
    case 'models':
      return <ModelsPage />;
    case 'collections':
      return <CollectionsPage />;
    case 'collection':
      return <CollectionPage key={route.name} name={route.name} document={route.document} passage={route.passage} />;
    case 'entities':
      return <EntitiesPage key={route.name} name={route.name} entity={route.entity} />;
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
    case 'dashboard':
      return <DashboardPage tab={route.tab} />;
    case 'quality':
      return <QualityPage tab={route.tab} item={route.item} path={route.path} />;
    case 'settings':
      return <SettingsPage section={route.section} />;
    case 'missing':
      return <PageNotFound path={route.path} />;
  }
}
