import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { mount } from 'svelte';
import App from './shell/app.svelte';
import { locale } from './i18n/locale.svelte.ts';
import { leaveModifiedClicksAlone } from './nav.ts';
import { session } from './session/the-session.ts';
import { hotKeys } from './ui/hot-keys.svelte.ts';
import { themeChoice } from './ui/theme.svelte.ts';

themeChoice.restore();
locale.restore();
hotKeys.restore();
leaveModifiedClicksAlone(window);
void session.restore();

const target = document.getElementById('app');
if (target) mount(App, { target });
