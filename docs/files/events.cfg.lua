-- Tells Manyways who comes into a room and who leaves: event_sync of jitsi-contrib/prosody-plugins.
-- docker-compose.yml puts this file into Prosody's conf.d. On a server of your own: change the addresses,
-- and set ROOMS_BEARER in Prosody's environment (or write the token here).
Component "esync.meet.jitsi" "event_sync_component"
    muc_component = "muc.meet.jitsi"
    breakout_component = "breakout.meet.jitsi"
    api_prefix = "http://manyways.meet.jitsi:8080/jitsi/meet"
    api_headers = { ["Authorization"] = "Bearer " .. ENV_ROOMS_BEARER }
    api_timeout = 10
    api_retry_count = 5
    api_retry_delay = 2
