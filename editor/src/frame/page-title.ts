import { useEffect } from 'react';
import { integrationPages } from '../pages/integrations/places.js';
import type { Route } from '../pages/route.js';

const places = {
  versions: 'Versions',
  tests: 'Tests',
  api: 'API',
  triggers: 'Triggers',
  run: 'Run',
  runs: 'Runs',
  compare: 'Compare runs',
  inbox: 'Inbox',
  'sign-in': 'Sign in',
  models: 'Models',
  collections: 'Collections',
  settings: 'Settings',
  missing: 'Page not found',
} as const;

/**
 * The title of the browser tab: the open item first, as a tab shows little, and the program last. The title stays while the name is not
 * known yet.
 */
export function useTitle(words: readonly string[] | undefined): void {
  const title = words === undefined ? undefined : [...words, 'Heddle'].join(' · ');
  useEffect(() => {
    if (title !== undefined) document.title = title;
  }, [title]);
}

/** The title that follows from the address; a workflow's pages set their name after loading. */
export function titleOf(route: Route): readonly string[] {
  switch (route.page) {
    case 'home':
      return [];
    case 'workflow':
      return [route.workflow];
    case 'versions':
    case 'tests':
    case 'api':
    case 'triggers':
      return [route.workflow, places[route.page]];
    case 'collection':
      return [route.name, places.collections];
    case 'connection':
    case 'tool-server':
      return [route.id ?? 'New', placeOf(route.page)];
    case 'policy':
      return [route.name ?? 'New', placeOf(route.page)];
    case 'connections':
    case 'tools':
    case 'policies':
    case 'spend':
    case 'secrets':
      return [placeOf(route.page)];
    default:
      return [places[route.page]];
  }
}

const placeOf = (page: string): string => integrationPages.find(({ pages }) => pages.includes(page))?.title ?? '';
