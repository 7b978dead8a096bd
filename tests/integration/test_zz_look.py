from datetime import timedelta, date
from scheduling.ways import Way
from scheduling.answers import Answer
from service.storage.meetings import PhoneJoining
from service.storage.places import PlaceFact
from service.storage.needs import Need, AccessRequest
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.meeting import MeetingState
from tests.chromium import *
from tests.integration.conftest import *
from pathlib import Path
OUT = Path("/tmp/shots"); OUT.mkdir(exist_ok=True)
async def test_look(making, server, pages, clock):
    async with making() as make:
        org = await make.organisation()
        lead = await make.person(org, "Farzana"); second = await make.person(org, "Deon")
        kind = await make.kind(org)
        place = await make.place(org, facts=[PlaceFact("step-free", checked_on=date(2026,11,3)), PlaceFact("hearing loop"), PlaceFact("toilet for wheelchairs")], directions="The door is beside the church.\nRing the bell.")
        out = await make.place(org, "Forest Park bandstand", facts=[PlaceFact("roof")])
        async def case(name, starts_in=timedelta(days=14), offers=None, state=MeetingState.PUBLISHED, m=None, **inv):
            m = {"place_id": place.id, "outdoor_place_id": out.id} | (m or {})
            p = await make.person(org, name, phone="01782 555123", phone_key="+441782555123")
            mt = await make.meeting(org, kind, hosts=[lead, second], starts_in=starts_in, state=state, offers=offers or {Way.ROOM: 3, Way.ONLINE: 12, Way.PHONE: None, Way.OUTDOORS: 1}, **m)
            i = await make.invitation(mt, p, **inv)
            if inv.get("answer") is Answer.YES:
                from service.storage.meetings import claim_seats
                assert await claim_seats(make.db, mt.id, inv["way"], 1+inv.get("supporters",0))
            return make.link(i), i, p
        links = {}
        links["new"] = (await case("Joan"))[0]
        l, i, p = await case("Sid", m={"phone_joining": PhoneJoining.DIAL, "dial_number": "01632 960140", "dial_pin": "482913705", "about": "Bring something to eat if you like."}, answer=Answer.YES, way=Way.PHONE, supporters=1, supporter_name="Bridget")
        for code, st, w in (("CON-PHONE", RequestState.ARRANGED, "We ring you, so that it costs you nothing."), ("INF-LARGE", RequestState.SUBMITTED, "")):
            n = Need(organisation_id=org.id, person_id=p.id, code=code, strength=Strength.MUST, created_at=make.now, review_on=date(2027,12,1)); make.db.add(n); await make.db.flush()
            make.db.add(AccessRequest(organisation_id=org.id, person_id=p.id, meeting_id=i.meeting_id, invitation_id=i.id, need_id=n.id, code=code, strength=Strength.MUST, state=st, answer_words=w, created_at=make.now))
        m2 = await make.meeting(org, kind, hosts=[lead, second], starts_in=timedelta(days=21))
        await make.invitation(m2, p)
        links["phone"] = l
        links["online"] = (await case("Lewis", starts_in=timedelta(minutes=15), answer=Answer.YES, way=Way.ONLINE))[0]
        links["early"] = (await case("Ewa", answer=Answer.YES, way=Way.ONLINE, asked_again=True))[0]
        links["room"] = (await case("Mags", answer=Answer.YES, way=Way.ROOM))[0]
        links["no"] = (await case("Tasha", answer=Answer.NO))[0]
        links["waiting"] = (await case("Rose", answer=Answer.WAITING, way=Way.OUTDOORS, waiting_since=make.now))[0]
        links["cancelled"] = (await case("Owen", state=MeetingState.CANCELLED, m={"cancel_message": "The hall has no heating today. We are sorry."}))[0]
        links["details"] = links["phone"] + "/details"
        links["company"] = links["phone"] + "/company"
        links["again"] = "/link-again/kiln-street-hub"
        l, i, p = await case("Harjit", answer=Answer.YES, way=Way.PHONE)
        from sqlalchemy import update
        from service.storage.meetings import Offer
        await make.db.execute(update(Offer).where(Offer.meeting_id==i.meeting_id, Offer.way==Way.ROOM).values(taken=3))
        links["full"] = l + "/waiting/room"
    base = str(server.make_url("/")).rstrip("/")
    for name, screen in (("320-light", NARROW), ("1280-dark", Screen(is_dark=True))):
        page = await pages.open(screen, base_url=base)
        for key, link in links.items():
            r = await page.goto(link)
            print(key, name, r.status, await axe_violations(page), await page.evaluate("document.documentElement.scrollWidth"), len((await page.content())))
            await page.screenshot(path=OUT / f"{key}-{name}.png", full_page=True)
    page = await pages.open(NARROW, base_url=base)
    await page.goto(links["details"]); await page.fill("#f-email", "nonsense"); await page.fill("#f-chosen_name",""); await page.click("text=Save my details")
    print(await axe_violations(page)); await page.screenshot(path=OUT / "details-error.png", full_page=True)
