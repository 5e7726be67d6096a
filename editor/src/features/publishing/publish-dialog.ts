import { createStore } from 'zustand/vanilla';

/** Whether the publish dialog is open: the badge and the button both open it. */
export const publishDialog = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));
