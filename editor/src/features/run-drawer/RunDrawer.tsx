import { Suspense, type ReactElement } from 'react';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { useView } from '../session/index.js';
import styles from './run-drawer.module.css';

const OpenDrawer = lazyPage(() => import('./OpenDrawer.js').then(({ OpenDrawer: drawer }) => drawer));

/** The details of a run below the canvas. They load when the drawer is opened. */
export function RunDrawer(): ReactElement | null {
  const isOpen = useView((state) => state.isDrawerOpen);
  return isOpen ? (
    <Suspense fallback={<section className={styles['drawer']} data-drawer aria-label="Run" aria-busy="true" />}>
      <OpenDrawer />
    </Suspense>
  ) : null;
}
