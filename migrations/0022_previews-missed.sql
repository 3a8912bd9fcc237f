-- An agent who is away lets one lead after the other go back unseen: after so many in a row he is paused; null = never.
alter table campaign
  add column previews_missed_max integer default 3 check (previews_missed_max between 1 and 50);
