-- Prosody looks for a module in a folder of its own name. Jitsi's image keeps this one in "event_sync",
-- where it is not found, so this file fetches it from there.
assert(loadfile("/prosody-plugins-contrib/event_sync/mod_event_sync_component.lua", "t", _ENV))();
