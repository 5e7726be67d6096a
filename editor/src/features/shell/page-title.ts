import { integrationPages } from '../integrations/index.js';
import type { Route } from '../../ui/navigation/route.js';

const titles = {
  templates: 'Templates',
  chat: 'Chat',
  versions: 'Versions',
  tests: 'Tests',
  api: 'API',
  triggers: 'Triggers',
  run: 'Run',
  runs: 'Runs',
  compare: 'Compare runs',
  inbox: 'Inbox',
  build: 'Build with a model',
  proposal: 'Proposal',
  'sign-in': 'Sign in',
  connect: 'Connect a program',
  models: 'Models',
  collections: 'Collections',
  entities: 'Entities',
  dashboard: 'Dashboard',
  quality: 'Quality',
  settings: 'Settings',
  missing: 'Page not found',
} as const;

/** The page title for an address. The pages of a workflow set its name after they have loaded it. */
export function titleOf(route: Route): readonly string[] {
  switch (route.page) {
    case 'home':
      return [];
    case 'workflow':
      return [route.workflow];
    case 'versions':
    case 'chat':
    case 'tests':
    case 'api':
    case 'triggers':
      return [route.workflow, titles[route.page]];
    case 'collection':
      return [route.name, titles.collections];
    case 'entities':
      return [...(route.entity === undefined ? [] : [route.entity]), titles.entities, route.name];
    case 'connection':
    case 'tool-server':
      return [route.id ?? 'New', titleOfPage(route.page)];
    case 'policy':
      return [route.name ?? 'New', titleOfPage(route.page)];
    case 'connections':
    case 'tools':
    case 'policies':
    case 'spend':
    case 'secrets':
      return [titleOfPage(route.page)];
    default:
      return [titles[route.page]];
  }
}

const titleOfPage = (page: string): string => integrationPages.find(({ pages }) => pages.includes(page))?.title ?? '';
