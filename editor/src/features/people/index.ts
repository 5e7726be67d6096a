import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const AccountSection = lazyPage(() =>
  import('./account/AccountSection.js').then(({ AccountSection: page }) => page),
);
export const SessionsSection = lazyPage(() =>
  import('./account/SessionsSection.js').then(({ SessionsSection: page }) => page),
);
export const UsersSection = lazyPage(() => import('./users/UsersSection.js').then(({ UsersSection: page }) => page));
export const GroupsSection = lazyPage(() =>
  import('./groups/GroupsSection.js').then(({ GroupsSection: page }) => page),
);
export const ProjectsSection = lazyPage(() =>
  import('./projects/ProjectsSection.js').then(({ ProjectsSection: page }) => page),
);
export const KeysSection = lazyPage(() => import('./keys/KeysSection.js').then(({ KeysSection: page }) => page));
export const CreateKey = lazyPage(() => import('./keys/CreateKey.js').then(({ CreateKey: dialog }) => dialog));
export const ProjectDialogs = lazyPage(() =>
  import('./projects/ProjectDialogs.js').then(({ ProjectDialogs: page }) => page),
);
