@Controller("health")
