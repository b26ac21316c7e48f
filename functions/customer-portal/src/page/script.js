(() => {
  'use strict';
  const main = document.getElementById('main');
  const announce = document.getElementById('announcement');
  const freshness = document.getElementById('freshness');
  const form = () => document.getElementById('command-form');
  document.documentElement.classList.add('script');

  const copy = async (button) => {
    const value = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(value.textContent);
      button.textContent = 'Copied';
      announce.textContent = button.getAttribute('aria-label').replace('Copy', 'Copied:');
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    } catch {
      getSelection().selectAllChildren(value);
      announce.textContent = 'Selected; copy it with the keyboard.';
    }
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy]');
    if (button) copy(button);
  });

  // The commonest mistake, told before anything is sent, by what a name looks like; the DNS decides.
  const look = (host) => {
    const labels = host.trim().split(':')[0].toLowerCase().replace(/\.$/, '').split('.');
    if (labels.length < 3 || labels.slice(-2).join('.') !== 'mongodb.net') return '';
    if (labels.at(-3) === 'query') return labels.some((label) => label.split('-').includes('pl')) ? '' : 'federated';
    if (/(^|-)pl-\d/.test(labels[0])) return '';
    return labels[0].endsWith('-pri') ? 'peering' : 'standard';
  };
  document.addEventListener('input', ({ target }) => {
    const warning = document.getElementById(target.dataset?.private);
    if (!warning) return;
    const hosts = target.value.split('@').pop().replace(/^.*:\/\//, '').split(/[/?]/)[0].split(',');
    warning.textContent = warning.dataset[hosts.map(look).find(Boolean)] ?? '';
  });

  // A second click while the first is under way would be answered "already received".
  let sending = false;
  document.addEventListener('submit', (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    // Going back to an answer to a form would ask whether to send it again; the link shows where it stands.
    history.replaceState(null, '', main.dataset.link);
  });

  // Puts in the sections that have changed; what is typed and where the focus is stay.
  const put = (page) => {
    const next = page.getElementById('main');
    const focused = document.activeElement;
    const typed = document.getElementById('command')?.value;
    for (const section of main.querySelectorAll(':scope > section')) {
      const other = page.getElementById(section.id);
      if (other && other.dataset.version !== section.dataset.version) section.replaceWith(document.adoptNode(other));
    }
    const field = document.getElementById('command');
    if (field && typed && !field.value) field.value = typed;
    if (focused !== document.body && !focused.isConnected) {
      (document.getElementById(focused.id) || document.getElementById('state')).focus({ preventScroll: true });
    }
    const changed = next.dataset.state !== main.dataset.state;
    main.dataset.state = next.dataset.state;
    main.toggleAttribute('data-final', next.hasAttribute('data-final'));
    if (changed) {
      document.title = page.title;
      announce.textContent = ['state', 'turn'].map((id) => document.getElementById(id).textContent).join('. ');
    }
    return changed;
  };

  const say = (text) => { if (freshness.textContent !== text) freshness.textContent = text; };
  const soonest = 2000, latest = 30000;
  let delay = soonest, timer;
  const ask = async () => {
    timer = undefined;
    if (document.hidden || sending) return plan();
    try {
      const answer = await fetch(main.dataset.link, { headers: { accept: 'text/html' }, cache: 'no-cache', signal: AbortSignal.timeout(20000) });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      delay = put(page) ? soonest : Math.min(delay * 1.3, latest);
      say('This page updates by itself.');
    } catch {
      delay = Math.min(delay * 2, latest);
      say('The connection is lost; this page tries again by itself.');
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (main.hasAttribute('data-final')) return say('This page is up to date; nothing changes here any more.');
    if (!document.hidden) timer = setTimeout(ask, delay);
  };
  const anew = () => { delay = soonest; plan(); };
  document.addEventListener('visibilitychange', anew);
  // A page that is gone back to is as it was left.
  addEventListener('pageshow', () => { sending = false; anew(); });
  // So that no password is in it then.
  addEventListener('pagehide', () => { for (const id of ['source-form', 'fields-form']) document.getElementById(id)?.reset(); });
  if (form() || !main.hasAttribute('data-final')) say('This page updates by itself.');
  plan();
})();
